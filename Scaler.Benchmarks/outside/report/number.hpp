#pragma once

#include <string>

namespace outside {

/// A whole number, with a comma between thousands.
std::string whole(double value);

/// Three digits or so; nothing for what is not a number.
std::string number(double value);

} // namespace outside
