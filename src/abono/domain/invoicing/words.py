"""Words that the engine itself puts on lines, in each language."""

from abono.base.kernel.languages import Words

SETUP_WORDS: Words = {"en": "Set-up", "es": "Instalación", "hu": "Beüzemelés"}
JOINED_WORDS: Words = {
    "en": "Locations that joined, by day",
    "es": "Locales incorporados, por día",
    "hu": "Csatlakozott helyszínek, napra számítva",
}
LEFT_WORDS: Words = {
    "en": "Locations that left, by day",
    "es": "Locales dados de baja, por día",
    "hu": "Megszűnt helyszínek, napra számítva",
}
CREDIT_WORDS: Words = {
    "en": "Unused time of {plan}",
    "es": "Tiempo no usado de {plan}",
    "hu": "Fel nem használt idő: {plan}",
}
CHARGE_WORDS: Words = {
    "en": "Rest of the period, {plan}",
    "es": "Resto del período, {plan}",
    "hu": "Az időszak hátralévő része: {plan}",
}
FEE_WORDS: Words = {
    "en": "Card fee {percent}",
    "es": "Recargo por tarjeta {percent}",
    "hu": "Kártyadíj {percent}",
}
