/// \file How single pieces are spelled in IR text: names, numbers, enumerators. Each spelling has its reader beside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ir/core/module.h"
#include "ir/core/shared_ops.h"

namespace tpc::ir {

/// A byte that may stand in (or begin) a name without quotes; bytes of UTF-8 sequences may.
bool is_name_byte(unsigned char byte);
bool is_name_start(unsigned char byte);

/// The name itself if it is a plain one, else in double quotes with \\ \" \n \t \xHH.
std::string name_text(std::string_view name);
std::string quoted_text(std::string_view text);

/// The shortest decimal that reads back as the same double; inf, -inf, nan.
std::string number_text(double value);
std::optional<double> number_from_text(std::string_view text);

/// "-1/2", or "-inf".
std::optional<Exponent> exponent_from_text(std::string_view text);

std::string_view role_name(Role role);
std::optional<Role> role_from_name(std::string_view name);
std::string_view init_name(InitKind init);
std::optional<InitKind> init_from_name(std::string_view name);

}  // namespace tpc::ir
