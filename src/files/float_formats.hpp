// Converts floats of other widths to binary32, bit by bit. The conversions of the hardware are not
// used: not every machine has one for half floats, and their effect on a NaN differs between
// machines.
//
// Source of the layouts: IEEE 754-2019, table 3.5; bfloat16 is the upper half of a binary32. A NaN
// keeps its sign and the leading bits of its payload; from binary16 and binary64 it becomes quiet,
// as section 6.2 requires of a change of format.
#pragma once

#include <cstdint>

namespace downhill {

// Exact: every binary16 is a float.
float float_from_half(uint16_t bits);

// Exact: the missing bits are zeros.
float float_from_bfloat16(uint16_t bits);

// To nearest, ties to even. A value that is too large becomes infinite, one that is too small a
// (signed) zero.
float float_from_double(uint64_t bits);

}  // namespace downhill
