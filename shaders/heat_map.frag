#version 300 es
// Draws values as tiles of squares: one square per value, in one colour. Where a tile begins
// with a number, it says in which ink the tile is drawn. The layout is that of
// TileGrid (src/gfx/tile_grid.hpp), the colours are those of src/gfx/color.cpp.
precision highp float;
precision highp int;
precision highp sampler2D;

// Value (tile, y, x) has index i = (tile * tile_size.y + y) * tile_size.x + x, plus tile + 1 if each
// tile begins with its number, and is at texel (i % row, i / row).
uniform sampler2D values;
uniform int row;            // width of the texture `values`
uniform ivec2 tile_size;    // values per tile
uniform int tiles;
uniform int columns;        // tiles per row of tiles
uniform int cell;           // device pixels per value
uniform int gap;            // device pixels between tiles
uniform float scale;        // > 0
uniform int inked;          // 1: each tile begins with a number, -1..1: how sure the answer is
uniform vec3 paper;         // colour of 0; all colours are OKLab
uniform vec3 unsure;        // ink of a tile whose number is 0
uniform vec3 positive;      // colour of +scale, or ink of a tile whose number is 1
uniform vec3 negative;      // colour of -scale, or ink of a tile whose number is -1
uniform vec3 not_finite;    // chequered with paper

out vec4 color;

// Björn Ottosson, "A perceptual color space for image processing" (2020).
vec3 oklab_to_linear(vec3 lab) {
  vec3 root = vec3(lab.x + 0.3963377774 * lab.y + 0.2158037573 * lab.z,
                   lab.x - 0.1055613458 * lab.y - 0.0638541728 * lab.z,
                   lab.x - 0.0894841775 * lab.y - 1.2914855480 * lab.z);
  vec3 lms = root * root * root;
  return vec3(4.0767416621 * lms.x - 3.3077115913 * lms.y + 0.2309699292 * lms.z,
              -1.2684380046 * lms.x + 2.6097574011 * lms.y - 0.3413193965 * lms.z,
              -0.0041960863 * lms.x - 0.7034186147 * lms.y + 1.7076147010 * lms.z);
}

float number_at(int index) {
  return texelFetch(values, ivec2(index % row, index / row), 0).r;
}

vec3 encode_srgb(vec3 linear) {
  vec3 x = clamp(linear, 0.0, 1.0);
  return mix(1.055 * pow(x, vec3(1.0 / 2.4)) - 0.055, 12.92 * x, lessThanEqual(x, vec3(0.0031308)));
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy);  // row 0 is the top of the picture
  ivec2 pitch = tile_size * cell + gap;
  int tile = pixel.y / pitch.y * columns + pixel.x / pitch.x;
  ivec2 inside = pixel % pitch;
  ivec2 place = inside / cell;
  if (tile >= tiles || place.x >= tile_size.x || place.y >= tile_size.y) {
    color = vec4(0.0);  // a gap
    return;
  }
  int first = tile * (tile_size.y * tile_size.x + inked);
  float value = number_at(first + inked + place.y * tile_size.x + place.x);
  float t = clamp(value / scale, -1.0, 1.0);
  vec3 full = t < 0.0 ? negative : positive;
  if (inked == 1) {
    float sure = clamp(number_at(first), -1.0, 1.0);
    full = mix(unsure, sure < 0.0 ? negative : positive, abs(sure));
  }
  vec3 lab = mix(paper, full, abs(t));
  if (isnan(value) || isinf(value)) {
    ivec2 half_cell = inside % cell * 2 / max(cell, 2) + (cell == 1 ? place : ivec2(0));
    lab = ((half_cell.x + half_cell.y) & 1) == 0 ? not_finite : paper;
  }
  color = vec4(encode_srgb(oklab_to_linear(lab)), 1.0);
}
