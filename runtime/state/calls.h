/// \file What a call of a model's function is given: sizes of extents and values of fields.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tpc/runtime.h"

namespace tpc::runtime {

inline constexpr std::int64_t most_extent = std::int64_t{1} << 24;

/// Throws TP_INVALID_ARGUMENT if an extent that the function uses is of no allowed size.
void check_extents(const tp_model_descriptor& model, const tp_function_descriptor& function,
                   const std::int64_t* extents);
/// Throws TP_INVALID_ARGUMENT if a field that is given has a value that is not finite. Fields with extents that the
/// function does not use are not looked at: their sizes are not known.
void check_fields(const tp_model_descriptor& model, const tp_function_descriptor& function, const double* const* fields,
                  const std::int64_t* extents);
/// Throws TP_INVALID_ARGUMENT if a field that the function reads is null.
void require_fields(const tp_model_descriptor& model, const tp_function_descriptor& function,
                    const double* const* fields);
/// size times these extents. Throws TP_INVALID_ARGUMENT if that is absurd.
std::size_t number_count(std::uint64_t size, const std::uint32_t* indices, std::uint32_t count,
                         const std::int64_t* extents);

}  // namespace tpc::runtime
