/// \file Data sets that are rows of files: one file for all fields, with columns in their order or by name, or a file
/// for each field; and whose means and deviations their inputs are scaled by.
#pragma once

#include <span>
#include <string>

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// A file format (data_sources.def).
struct FileForm {
  std::string name;  ///< as the program writes it: "csv"
  SourceKind kind;
  bool one_field;
};
std::span<const FileForm> file_forms();

/// csv("train.csv", rows = 1..1400, standardize = train), csv("train.csv", x = ["age", "p0".."p63"], y = "price"),
/// npy("images.npy") or npy(pixels = "images.npy", label = "labels.npy")
void check_files(Checker& checker, const ast::Call& call, Span span, const FileForm& form, DataSet& data_set);

/// At the end of the file, when it is known what the network reads: whoever gives means and deviations has the fields.
void check_standardization(Checker& checker);

}  // namespace tpc::sema
