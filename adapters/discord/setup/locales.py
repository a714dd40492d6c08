"""The words of the commands in other languages; Discord shows them to people who use it in these.

A delivery names commands and options in English all the same. `/council` is called so everywhere.
Names are in small letters without spaces, up to 32; descriptions and choices have up to 100
characters. https://docs.discord.com/developers/interactions/application-commands#localization
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.discord.wire.http import Json

# Which of Discord's languages each column is for: Spanish is one for us and two for Discord.
_COLUMNS = (("de",), ("fr",), ("es-ES", "es-419"), ("pt-BR",), ("ja",))

_NAMES: Mapping[str, Sequence[str]] = {
    "Ask the council": (
        "Den Rat fragen",
        "Interroger le conseil",
        "Preguntar al consejo",
        "Perguntar ao conselho",
        "評議会に質問",
    ),
    "ask": ("fragen", "demander", "preguntar", "perguntar", "質問"),
    "attachment": ("anhang", "pièce-jointe", "adjunto", "anexo", "添付"),
    "cancel": ("abbrechen", "annuler", "cancelar", "cancelar", "中止"),
    "help": ("hilfe", "aide", "ayuda", "ajuda", "ヘルプ"),
    "history": ("verlauf", "historique", "historial", "histórico", "履歴"),
    "mode": ("modus", "mode", "modo", "modo", "モード"),
    "question": ("frage", "question", "pregunta", "pergunta", "質問文"),
    "status": ("stand", "état", "estado", "andamento", "状況"),
    "words": ("wörter", "mots", "palabras", "palavras", "語句"),
}

_CHOICES: Mapping[str, Sequence[str]] = {
    "fast": (
        "Fast: answers without reviews",
        "Schnell: Antworten ohne Gutachten",
        "Rapide : réponses sans évaluations",
        "Rápido: respuestas sin revisiones",
        "Rápido: respostas sem revisões",
        "高速、レビューなしの回答",
    ),
    "standard": (
        "Standard: answers and reviews",
        "Standard: Antworten und Gutachten",
        "Standard : réponses et évaluations",
        "Estándar: respuestas y revisiones",
        "Padrão: respostas e revisões",
        "標準、回答とレビュー",
    ),
    "thorough": (
        "Thorough: each member reviews twice",
        "Gründlich: jedes Mitglied begutachtet zweimal",
        "Approfondi : chaque membre évalue deux fois",
        "Exhaustivo: cada miembro revisa dos veces",
        "Minucioso: cada membro revisa duas vezes",
        "徹底、各メンバーが二度レビュー",
    ),
}

_DESCRIPTIONS: Mapping[str, Sequence[str]] = {
    "council": (
        "Ask a council of language models",
        "Einen Rat von Sprachmodellen fragen",
        "Interroger un conseil de modèles de langage",
        "Preguntar a un consejo de modelos de lenguaje",
        "Perguntar a um conselho de modelos de linguagem",
        "言語モデルの評議会に質問する",
    ),
    "ask": (
        "Several models answer and review each other; one concludes",
        "Mehrere Modelle antworten und begutachten einander; eines zieht den Schluss",
        "Plusieurs modèles répondent et s'évaluent entre eux ; l'un d'eux conclut",
        "Varios modelos responden y se revisan entre sí; uno concluye",
        "Vários modelos respondem e revisam uns aos outros; um deles conclui",
        "複数のモデルが回答して互いにレビューし、一つが結論を出します",
    ),
    "question": (
        "What you want to know",
        "Was du wissen möchtest",
        "Ce que vous voulez savoir",
        "Lo que quieres saber",
        "O que você quer saber",
        "知りたいこと",
    ),
    "attachment": (
        "A text file or a picture that belongs to it",
        "Eine Textdatei oder ein Bild dazu",
        "Un fichier texte ou une image qui l'accompagne",
        "Un archivo de texto o una imagen que la acompaña",
        "Um arquivo de texto ou uma imagem que a acompanha",
        "質問に添えるテキストファイルまたは画像",
    ),
    "mode": (
        "How much is reviewed",
        "Wie viel begutachtet wird",
        "Combien d'évaluations sont faites",
        "Cuánto se revisa",
        "Quanto é revisado",
        "レビューの量",
    ),
    "status": (
        "What runs in this channel",
        "Was in diesem Kanal läuft",
        "Ce qui est en cours dans ce salon",
        "Lo que está en curso en este canal",
        "O que está em andamento neste canal",
        "このチャンネルで進行中のもの",
    ),
    "cancel": (
        "Stop a question that is running",
        "Eine laufende Frage abbrechen",
        "Arrêter une question en cours",
        "Detener una pregunta en curso",
        "Interromper uma pergunta em andamento",
        "進行中の質問を中止する",
    ),
    "id": (
        "Which one; needed only if several are running",
        "Welche; nur nötig, wenn mehrere laufen",
        "Laquelle ; nécessaire seulement si plusieurs sont en cours",
        "Cuál; solo hace falta si hay varias en curso",
        "Qual; só é preciso se houver várias em andamento",
        "どれを中止するか、複数ある場合のみ",
    ),
    "history": (
        "Earlier questions in this channel",
        "Frühere Fragen in diesem Kanal",
        "Les questions précédentes de ce salon",
        "Preguntas anteriores en este canal",
        "Perguntas anteriores neste canal",
        "このチャンネルの以前の質問",
    ),
    "words": (
        "Only those that hold all of these words",
        "Nur solche, die alle diese Wörter enthalten",
        "Seulement celles qui contiennent tous ces mots",
        "Solo las que contienen todas estas palabras",
        "Somente as que contêm todas estas palavras",
        "これらの語句をすべて含むものだけ",
    ),
    "help": (
        "What you can do here",
        "Was du hier tun kannst",
        "Ce que vous pouvez faire ici",
        "Lo que puedes hacer aquí",
        "O que você pode fazer aqui",
        "ここでできること",
    ),
}


def named(name: str) -> Json:
    """Return a command's or an option's name with its translations, if it has any."""
    translations = _NAMES.get(name)
    if translations is None:
        return {"name": name}
    return {"name": name, "name_localizations": _by_language(translations)}


def chosen(value: str) -> Json:
    """Return a choice with the translations of what is shown for it."""
    shown, *translations = _CHOICES[value]
    return {"name": shown, "name_localizations": _by_language(translations), "value": value}


def described(name: str) -> Json:
    """Return the description of a command or an option with its translations."""
    english, *translations = _DESCRIPTIONS[name]
    return {"description": english, "description_localizations": _by_language(translations)}


def _by_language(translations: Sequence[str]) -> Json:
    columns = zip(_COLUMNS, translations, strict=True)
    return {language: text for languages, text in columns for language in languages}
