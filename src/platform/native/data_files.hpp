// Reads the four data files of some digits from a folder and inflates them. Knows nothing of their
// content.
#pragma once

#include <string>

#include "base/result.hpp"
#include "session/session.hpp"

namespace downhill::platform {

// `folder` holds train-images.idx3-ubyte.gz and its three companions (assets/mnist37).
Result<DataBytes> read_data_files(const std::string& folder);

// All ten digits (assets/mnist): from `folder`/digits if that exists, otherwise from the folder
// that CMake was given (DOWNHILL_DIGITS_DIR).
Result<DataBytes> read_digit_files(const std::string& folder);

}  // namespace downhill::platform
