/// \file Rows of whole numbers in an array file, read a piece at a time: what lists of indices are.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "evaluation/sources/npy_file.h"

namespace tpc::evaluation {

/// Whether elements of this type are whole numbers with a sign: one of them can say that there is none.
bool is_signed_whole(const ElementType& type);

/// Calls visit(row, numbers) for the rows first .. last - 1 of the file, from 0, as long as it returns no error.
/// `path`: the file's, to speak of. Precondition: the file has these rows, of whole numbers with a sign. Errors: those
/// that `visit` returns; the file ends too early.
std::optional<FileError> visit_rows(
    NpyFile& file, const std::string& path, std::uint64_t first, std::uint64_t last,
    const std::function<std::optional<FileError>(std::uint64_t row, const std::int64_t* numbers)>& visit);

}  // namespace tpc::evaluation
