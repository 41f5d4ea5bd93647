// The four data files, read from a folder and inflated. Knows nothing of what is in them.
#pragma once

#include <string>

#include "base/result.hpp"
#include "session/session.hpp"

namespace downhill::platform {

// `folder` holds train-images.idx3-ubyte.gz and its three companions (assets/mnist37).
Result<DataBytes> read_data_files(const std::string& folder);

}  // namespace downhill::platform
