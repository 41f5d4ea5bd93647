"""Makes the fonts of the page from Debian's fonts, as TrueType outlines for stb_truetype.

ui-regular.ttf, ui-semibold.ttf  Inter, with its tabular figures in place of the proportional ones
                                 (Dear ImGui has no OpenType features), and from Noto Sans a
                                 few mathematical symbols that Inter lacks.
ui-icons.ttf                     Material Icons on the same grid and metrics, so that merging it at
                                 the same size needs no offsets.
"""

import sys

from fontTools import subset
from fontTools.pens.basePen import DecomposingPen
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

INTER = "/usr/share/fonts/opentype/inter/Inter-%s.otf"
ICONS = "/usr/share/fonts/truetype/material-design-icons-iconfont/MaterialIcons-Regular.ttf"

UNITS = 2816  # Inter's em; ascent 2728, descent -680, capital letters 2048 high

TEXT = (
    "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)]))
    + "\u2007\u2009\u202f"  # spaces: as wide as a figure, thin, narrow without a break
    + "αβγδεζηθικλμνξοπρςστυφχψω" + "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
    + "←↑→↓↔↕↗↘⟶" + "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁱⁿ" + "₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑᵢⱼₙ"
    + "−∂∆∏∑√∞∫≈≠≤≥" + "–—‘’“”‚„•…′″‰‹›€‖" + "ŵŷŴŶıŁłŒœŠšŽžŸ" + "▲▼◀●○■□◆◇"
)
FROM_NOTO = {
    "/usr/share/fonts/truetype/noto/NotoSansMath-Regular.ttf": "∇∈∘∝∥∼≪≫⊙⇒⟨⟩ℝ",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf": "ᵀ",
}
SIGNS = "+−±\u2007"  # as wide as a figure, so that columns of signed numbers align

# Code point in Material Icons -> Unicode character of the same meaning, or "".
ICON_TABLE = {
    0xE037: "▶", 0xE034: "⏸", 0xE047: "⏹", 0xE044: "⏭", 0xE045: "⏮",  # play pause stop next previous
    0xE042: "↺", 0xE5D5: "↻", 0xE166: "↶", 0xE15A: "↷", 0xE01F: "⏩",  # replay refresh undo redo fast
    0xE157: "", 0xE80D: "", 0xE14D: "", 0xE8B8: "⚙", 0xE429: "",       # link share copy settings tune
    0xE51C: "☾", 0xE518: "☀", 0xE8FD: "", 0xE88F: "ℹ", 0xE002: "⚠",  # dark light help info warning
    0xE001: "", 0xE5CA: "✓", 0xE5CD: "✕", 0xE5CF: "", 0xE5CE: "",      # error check close more less
    0xE5CC: "", 0xE5CB: "", 0xE043: "", 0xE9E4: "", 0xE8E3: "",        # right left shuffle speed downhill
    0xE2C4: "", 0xE8FF: "", 0xE8F4: "", 0xE8F5: "", 0xE5D0: "",        # download zoom eye eye-off fullscreen
    0xE5D3: "", 0xE145: "", 0xE15B: "", 0xE922: "", 0xEB40: "⚄",      # dots add remove timeline dice
    0xE913: "", 0xE312: "⌨", 0xE89E: "", 0xE153: "⚑", 0xE5D2: "☰",   # touch keyboard open flag menu
    0xE889: "", 0xE6E1: "", 0xE150: "✎", 0xE872: "", 0xE90F: "",      # history chart pencil delete bulb
    0xEA4B: "", 0xE3B4: "", 0xF10D: "",                                # science centre pin
}  # fmt: skip
ICON_SCALE = 3200 / 512  # the box of an icon, beside capitals of 2048
ICON_DROP = -576  # its lower edge: the box is centred on the capitals


def outline(font, name, transform=(1, 0, 0, 1, 0, 0), cubic=False):
    """The glyph as quadratic curves without components, moved by `transform`."""
    glyphs = font.getGlyphSet()
    pen = TTGlyphPen(None)
    # CFF outlines run in the opposite direction to TrueType outlines.
    target = Cu2QuPen(pen, max_err=UNITS / 2000, reverse_direction=True) if cubic else pen

    class Flat(DecomposingPen, TransformPen):
        def __init__(self):
            TransformPen.__init__(self, target, transform)
            self.glyphSet = glyphs

    glyphs[name].draw(Flat())
    return pen.glyph()


def cut(font, characters):
    options = subset.Options()
    options.layout_features = []
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "kern", "DSIG"]
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]  # the copyright and the licence stay inside
    options.hinting = False
    options.recalc_timestamp = False
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(c) for c in characters])
    cutter.subset(font)


def use_tabular_figures(font):
    """Lets the code points of 0…9 : ; , . point to the glyphs of the feature `tnum`."""
    gsub = font["GSUB"].table
    lookups = next(r.Feature.LookupListIndex for r in gsub.FeatureList.FeatureRecord if r.FeatureTag == "tnum")
    mapping = {}
    for index in lookups:
        for table in gsub.LookupList.Lookup[index].SubTable:
            mapping.update(getattr(table, "ExtSubTable", table).mapping)
    for table in font["cmap"].tables:
        for code, name in list(table.cmap.items()):
            if code < 0x80 and name in mapping:
                table.cmap[code] = mapping[name]


def as_truetype(font, glyphs, metrics, cmap):
    """Replaces the outlines of `font` (of any kind) by `glyphs`, keeping its names and heights."""
    order = [".notdef"] + sorted(set(glyphs) - {".notdef"})
    for tag in ("CFF ", "VORG", "GSUB", "GPOS", "GDEF", "post", "fpgm", "prep", "cvt ", "gasp", "vhea", "vmtx", "DSIG"):
        if tag in font:
            del font[tag]
    font.setGlyphOrder(order)
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, {name: glyphs[name] for name in order}
    font["hmtx"].metrics = metrics
    for name in order:
        glyphs[name].recalcBounds(glyf)
        metrics[name] = (metrics[name][0], getattr(glyphs[name], "xMin", 0))
    maxp = newTable("maxp")
    maxp.tableVersion, maxp.numGlyphs = 0x00010000, len(order)
    for field in ("maxPoints maxContours maxCompositePoints maxCompositeContours maxTwilightPoints maxStorage"
                  " maxFunctionDefs maxInstructionDefs maxStackElements maxSizeOfInstructions maxComponentElements"
                  " maxComponentDepth").split():
        setattr(maxp, field, 0)
    maxp.maxZones = 1
    font["maxp"] = maxp
    font["post"] = post = newTable("post")
    post.formatType, post.italicAngle, post.isFixedPitch = 3.0, 0.0, 0
    post.underlinePosition, post.underlineThickness = -300, 150
    post.minMemType42 = post.maxMemType42 = post.minMemType1 = post.maxMemType1 = 0
    wide = newTable("cmap")
    wide.tableVersion = 0
    table = CmapSubtable.newSubtable(4)
    table.platformID, table.platEncID, table.language, table.cmap = 3, 1, 0, dict(sorted(cmap.items()))
    wide.tables = [table]
    font["cmap"] = wide
    font["head"].glyphDataFormat = 0
    font["head"].unitsPerEm = UNITS
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = 2728, -680, 0
    font.sfntVersion = "\x00\x01\x00\x00"
    font.recalcTimestamp = False


def make_text(weight, path):
    font = TTFont(INTER % weight)
    use_tabular_figures(font)
    cut(font, TEXT)
    source = font.getBestCmap()
    missing = [c for c in TEXT if ord(c) not in source]
    assert not missing, missing
    names = [".notdef"] + sorted(set(source.values()))
    glyphs = {name: outline(font, name, cubic=True) for name in names}
    metrics = {name: (font["hmtx"][name][0], 0) for name in names}
    cmap = dict(source)

    figure = metrics[cmap[ord("0")]][0]
    assert all(abs(metrics[cmap[ord(c)]][0] - figure) <= 4 for c in "123456789")  # rounding of the design
    for sign in "123456789" + SIGNS:
        name = cmap[ord(sign)]
        shift = (figure - metrics[name][0]) // 2
        glyphs[name] = outline(font, name, (1, 0, 0, 1, shift, 0), cubic=True)
        metrics[name] = (figure, 0)

    for noto_path, characters in FROM_NOTO.items():
        noto = TTFont(noto_path)
        scale = UNITS / noto["head"].unitsPerEm
        for character in characters:
            name = "noto%04X" % ord(character)
            original = noto.getBestCmap()[ord(character)]
            glyphs[name] = outline(noto, original, (scale, 0, 0, scale, 0, 0))
            metrics[name] = (round(noto["hmtx"][original][0] * scale), 0)
            cmap[ord(character)] = name

    as_truetype(font, glyphs, metrics, cmap)
    font.save(path)


def make_icons(path):
    font = TTFont(ICONS)
    source = font.getBestCmap()
    glyphs, metrics, cmap = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (3200, 0)}, {}
    for code, character in ICON_TABLE.items():
        name = "icon%04X" % code
        glyphs[name] = outline(font, source[code], (ICON_SCALE, 0, 0, ICON_SCALE, 0, ICON_DROP))
        metrics[name] = (3200, 0)
        cmap[code] = name
        if character:
            cmap[ord(character)] = name
    as_truetype(font, glyphs, metrics, cmap)
    font.save(path)


if __name__ == "__main__":
    folder = sys.argv[1]
    make_text("Regular", folder + "/ui-regular.ttf")
    make_text("SemiBold", folder + "/ui-semibold.ttf")
    make_icons(folder + "/ui-icons.ttf")
