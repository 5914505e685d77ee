"""Reads a byte stream as a strict terminal would, and complains about everything that a curses program does not write.

The list is made from the terminfo entry of xterm-256color, so an escape that came from somebody's job name has no way to pass.
"""

import base64
import re
import unicodedata

# Control sequences: cursor, erasing, inserting, scrolling, modes that the entry uses, colours, repetition.
PLAIN = re.compile(rb"\x1b\[(?:[0-9]{0,4}(?:;[0-9]{0,4})?[ABCDGHJKLMPSTX@bdr]|[0-9;]{0,40}m|4[hl]|[23][23];0;0t)")
MODES = re.compile(
    rb"\x1b\[\?(?:1|7|12|25|1049|2004)[hl]"
    # What other programs leave on, and the request for a status.
    rb"|\x1b\[\?(?:9;1000;1001;1002;1003;1004;1005;1006;1015;1016;2031;2048|1;5;6;69)l|\x1b\[(?:2;4;20l|>4m|=0u|5n)")
# Keypad, save and restore, reverse index, next line, ASCII and line drawing.
SHORT = re.compile(rb"\x1b(?:[=>78ME]|\([B0])")
CLIPBOARD = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/]{0,12000}={0,2})\x07")
CONTROLS = b"\r\n\b\t\x0e\x0f"
# Control, format (bidi and zero width), private, unassigned, surrogate, separators.
FORBIDDEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


def offences(data, clipboard=False, ascii_only=False):
    """What is wrong in a stream to the terminal, each with its place and surroundings. `clipboard` allows OSC 52."""
    found, text = [], bytearray()
    position = 0
    while position < len(data):
        byte = data[position]
        if byte == 0x1B:
            match = _sequence(data, position, clipboard)
            if match is None:
                found.append(_say("escape sequence", data, position))
            text += b"\0"  # a sequence stands between the texts before and behind it
            position = match.end() if match else position + 1
            continue
        if byte < 0x20 and byte not in CONTROLS or byte == 0x7F:
            found.append(_say("control character", data, position))
        text.append(byte if byte >= 0x20 else 0)
        position += 1
    return found + _texts(bytes(text), ascii_only)


def _sequence(data, position, clipboard):
    match = PLAIN.match(data, position) or MODES.match(data, position) or SHORT.match(data, position)
    if match is None and clipboard:
        match = CLIPBOARD.match(data, position)
        if match and plain_offences(base64.b64decode(match.group(1))):
            return None
    return match


def plain_offences(data, lines=False):
    """What is wrong in text without any escape: an export, a table, a message. `lines` allows line ends."""
    body = data.replace(b"\n", b"\0") if lines else data
    found = [_say("control character", body, at) for at, byte in enumerate(body) if 0 < byte < 0x20 or byte == 0x7F]
    return found + _texts(body, False)


def _texts(data, ascii_only):
    found = []
    for part in data.split(b"\0"):
        if part.isascii():
            continue
        if ascii_only:
            found.append(f"beyond ASCII: {part[:60]!r}")
        try:
            text = part.decode()
        except UnicodeDecodeError as error:
            found.append(f"not UTF-8: {part[max(0, error.start - 20):error.start + 20]!r}")
            continue
        found += _scalars(text)
    return found


def _scalars(text):
    found, marks = [], 0
    for scalar in text:
        category = unicodedata.category(scalar)
        if category in FORBIDDEN:
            found.append(f"U+{ord(scalar):04X} ({category}) in {text[:60]!a}")
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks == 3:
            found.append(f"more than two marks in {text[:60]!a}")
    return found


def _say(what, data, position):
    return f"{what} at {position}: {bytes(data[max(0, position - 24):position + 40])!r}"
