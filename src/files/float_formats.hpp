// Floats of other widths turned into ours, bit by bit. The hardware's own conversions are not used:
// half floats have none everywhere, and what they do to a NaN differs from machine to machine.
//
// Source of the layouts: IEEE 754-2019, table 3.5; bfloat16 is the upper half of a binary32. A NaN
// keeps its sign and the leading bits of its payload; from binary16 and binary64 it comes out
// quiet, as section 6.2 asks of a change of format.
#pragma once

#include <cstdint>

namespace downhill {

// Exact: every binary16 is a float.
float float_from_half(uint16_t bits);

// Exact: the missing bits are zeros.
float float_from_bfloat16(uint16_t bits);

// To nearest, ties to even; what is too large becomes infinite, what is too small a (signed) zero.
float float_from_double(uint64_t bits);

}  // namespace downhill
