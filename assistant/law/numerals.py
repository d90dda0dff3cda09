"""Numbers as law writes them: roman numerals and Chinese numerals, both ways.

Chinese numerals follow the plain everyday system (一 … 九, 十, 百, 千, 万, 〇 or 零), which statutes use
for articles, paragraphs and amounts. Financial capitals (壹, 贰) do not occur in what we read.
"""

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_DIGITS = "零一二三四五六七八九"
_DIGIT_VALUES = {**{c: i for i, c in enumerate(_DIGITS)}, "〇": 0, "○": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}

__all__ = ["chinese", "from_chinese", "from_roman", "roman"]


def roman(number: int) -> str:
    """The lower-case roman numeral of a number from 1 to 3999.

    >>> roman(14)
    'xiv'
    """
    if not 1 <= number <= 3999:
        raise ValueError(f"{number} has no roman numeral: give a number from 1 to 3999")
    out = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        out += letters * count
    return out


def from_roman(text: str) -> int | None:
    """The number that a lower-case roman numeral stands for, or None where `text` is none.

    >>> from_roman("iv"), from_roman("iiii"), from_roman("h")
    (4, None, None)
    """
    number, rest = 0, text
    for value, letters in _ROMAN:
        while rest.startswith(letters):
            number, rest = number + value, rest[len(letters) :]
    return number if not rest and text and number <= 3999 and roman(number) == text else None


def chinese(number: int) -> str:
    """The Chinese numeral of a number from 0 to 99,999,999, as statutes print it.

    >>> chinese(10), chinese(28), chinese(105), chinese(500_000)
    ('十', '二十八', '一百零五', '五十万')
    """
    if not 0 <= number < 100_000_000:
        raise ValueError(f"{number} is out of range: give a number from 0 to 99,999,999")
    if number == 0:
        return "零"
    high, low = divmod(number, 10_000)
    if high:
        gap = "零" if 0 < low < 1000 else ""
        return chinese(high) + "万" + gap + (_below_ten_thousand(low) if low else "")
    text = _below_ten_thousand(low)
    return text[1:] if text.startswith("一十") else text


def _below_ten_thousand(number: int) -> str:
    out, gap = "", False
    for unit, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, value)
        if digit:
            out += ("零" if gap else "") + _DIGITS[digit] + unit
            gap = False
        elif out:
            gap = True
    return out


def from_chinese(text: str) -> int | None:
    """The number that a Chinese numeral stands for, or None where `text` is none.

    >>> from_chinese("三百三十四"), from_chinese("五十万"), from_chinese("二〇二四"), from_chinese("条")
    (334, 500000, 2024, None)
    """
    if not text or any(c not in _DIGIT_VALUES and c not in _UNITS and c not in "万亿" for c in text):
        return None
    if len(text) > 1 and all(c in _DIGIT_VALUES for c in text):
        return int("".join(str(_DIGIT_VALUES[c]) for c in text))
    total, section, digit = 0, 0, 0
    for char in text:
        if char in _DIGIT_VALUES:
            digit = _DIGIT_VALUES[char]
        elif char in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[char], 0
        else:
            scale = 10_000 if char == "万" else 100_000_000
            total, section, digit = (total + section + digit) * scale, 0, 0
    return total + section + digit
