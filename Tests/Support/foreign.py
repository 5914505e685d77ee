"""Bytes that terminals send and that are no keys: reports, and whatever another program switched on."""

#: Left on by an editor whose connection dropped, by tmux with `focus-events on`, or by a click.
FOCUS = [b"\x1b[I", b"\x1b[O"]
MOUSE = [
    b"\x1b[<0;35;12M", b"\x1b[<0;35;12m", b"\x1b[<35;40;3M", b"\x1b[<64;10;10M", b"\x1b[<65;10;10M", b"\x1b[M C,", b"\x1b[M#C,", b"\x1b[Ma1!",
    b"\x1b[M \xc4\x80!", b"\x1b[32;35;12M", b"\x1b[35;35;12M", b"\x1b[<4;1;1M",
]
PASTES = [b"\x1b[200~q\ry:quit\rRDTK\x1b[201~"]
REPORTS = [
    b"\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\", b"\x1b]10;rgb:ff/ff/ff\x07", b"\x1b]4;1;rgb:cd/00/00\x07", b"\x1bP1$r0m\x1b\\", b"\x1bP>|XTerm(390)\x1b\\",
    b"\x1bP1+r544e=787465726d\x1b\\", b"\x1b[?62;1;4c", b"\x1b[>41;390;0c", b"\x1b[24;80R", b"\x1b[8;40;120t", b"\x1b[4;600;800t",
    b"\x1b[?2026;2$y", b"\x1b[?0u", b"\x1b[?997;1n", b"\x1b[48;40;120;0;0t", b"\x1b_Gi=31;OK\x1b\\", b"\x1b]52;c;cXE=\x07", b"\x1b[97;1:3u",
    b"\x1b[1;1:3A", b"\x1b^pm\x1b\\", b"\x1bXsos\x1b\\",
]
#: Keys that no panel knows. A terminal sends them, and nothing happens.
UNKNOWN = [b"\x1b[1;2A", b"\x1b[1;5C", b"\x1b[6;2~", b"\x1b[7$", b"\x1b[24;5~", b"\x1b[E"]
#: What the console writes to have none of them.
MODES_OFF = b"\x1b[?9;1000;1001;1002;1003;1004;1005;1006;1015;1016;2031;2048l"
EVERYTHING = FOCUS + MOUSE + REPORTS
# Seconds between two pieces of one sequence, on a slow line.
LATE = 0.06


def pieces(data, random):
    """The bytes as a slow line delivers them: cut in two anywhere."""
    cut = random.randrange(len(data) + 1)
    return [piece for piece in (data[:cut], data[cut:]) if piece]


def inject(console, sequences, random, late=0.3):
    """Each sequence, cut in two anywhere; of this share the second piece comes late, as on a slow line."""
    for sequence in sequences:
        for piece in pieces(sequence, random):
            console.send(piece)
            console.let_pass(LATE if random.random() < late else 0.002)
