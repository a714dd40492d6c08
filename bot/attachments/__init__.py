"""Which files may come with a question, and what models are shown of them."""

from bot.attachments.kinds import MOST_BYTES, MOST_FILES, attachment, check_number, read_up_to
from bot.attachments.pdf import is_pdf

__all__ = ["MOST_BYTES", "MOST_FILES", "attachment", "check_number", "is_pdf", "read_up_to"]
