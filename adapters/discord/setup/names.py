"""What commands and options are called, and choices shown as, in other languages.

The columns are German, French, Spanish, Portuguese and Japanese. Names are in small letters without
spaces, up to 32; choices have up to 100 characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NAMES: Mapping[str, Sequence[str]] = {
    "Ask the council": (
        "Den Rat fragen",
        "Interroger le conseil",
        "Preguntar al consejo",
        "Perguntar ao conselho",
        "評議会に質問",
    ),
    "add": ("hinzufügen", "ajouter", "añadir", "adicionar", "追加"),
    "ask": ("fragen", "demander", "preguntar", "perguntar", "質問"),
    "attachment": ("anhang", "pièce-jointe", "adjunto", "anexo", "添付"),
    "budget": ("kosten", "budget", "presupuesto", "orçamento", "予算"),
    "cancel": ("abbrechen", "annuler", "cancelar", "cancelar", "中止"),
    "changes": ("änderungen", "modifications", "cambios", "alterações", "変更履歴"),
    "channel": ("kanal", "salon", "canal", "canal", "チャンネル"),
    "config": ("einstellungen", "réglages", "ajustes", "configuração", "設定"),
    "copy": ("kopieren", "copier", "copiar", "copiar", "コピー"),
    "discussion": ("diskussion", "discussion", "debate", "discussão", "会話"),
    "drop": ("verwerfen", "jeter", "desechar", "descartar", "破棄"),
    "edit": ("bearbeiten", "modifier", "editar", "editar", "編集"),
    "export": ("exportieren", "exporter", "exportar", "exportar", "書き出し"),
    "file": ("datei", "fichier", "archivo", "arquivo", "ファイル"),
    "forget": ("vergessen", "oublier", "olvidar", "esquecer", "消去"),
    "help": ("hilfe", "aide", "ayuda", "ajuda", "ヘルプ"),
    "history": ("verlauf", "historique", "historial", "histórico", "履歴"),
    "import": ("importieren", "importer", "importar", "importar", "読み込み"),
    "keys": ("schlüssel", "clés", "claves", "chaves", "キー"),
    "list": ("liste", "liste", "lista", "lista", "一覧"),
    "mode": ("modus", "mode", "modo", "modo", "モード"),
    "model": ("modell", "modèle", "modelo", "modelo", "モデル"),
    "name": ("name", "nom", "nombre", "nome", "名前"),
    "pause": ("anhalten", "suspendre", "pausar", "pausar", "一時停止"),
    "persona": ("rolle", "rôle", "papel", "papel", "役割"),
    "preset": ("vorlage", "préréglage", "plantilla", "predefinição", "プリセット"),
    "question": ("frage", "question", "pregunta", "pergunta", "質問文"),
    "remove": ("entfernen", "supprimer", "quitar", "remover", "削除"),
    "replaces": ("ersetzt", "remplace", "sustituye", "substitui", "置き換え"),
    "reset": ("zurücksetzen", "réinitialiser", "restablecer", "redefinir", "リセット"),
    "resume": ("fortsetzen", "reprendre", "reanudar", "retomar", "再開"),
    "run": ("ausführen", "lancer", "ejecutar", "executar", "実行"),
    "save": ("speichern", "enregistrer", "guardar", "salvar", "保存"),
    "schedule": ("zeitplan", "planning", "horario", "agenda", "定期質問"),
    "seat": ("platz", "siège", "asiento", "assento", "席"),
    "show": ("zeigen", "montrer", "mostrar", "mostrar", "表示"),
    "skip": ("auslassen", "passer", "saltar", "pular", "スキップ"),
    "stats": ("statistik", "statistiques", "estadísticas", "estatísticas", "統計"),
    "status": ("stand", "état", "estado", "andamento", "状況"),
    "text": ("text", "texte", "texto", "texto", "テキスト"),
    "use": ("anwenden", "appliquer", "aplicar", "aplicar", "適用"),
    "what": ("was", "quoi", "qué", "quê", "対象"),
    "when": ("wann", "quand", "cuándo", "quando", "日時"),
    "words": ("wörter", "mots", "palabras", "palavras", "語句"),
    "workspace": ("server", "serveur", "servidor", "servidor", "サーバー"),
}

CHOICES: Mapping[str, Sequence[str]] = {
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
