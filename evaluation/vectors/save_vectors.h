/// \file Vectors with names as files that other programs read.
#pragma once

#include <cstdint>
#include <string>

#include "evaluation/sources/vocabulary.h"

namespace tpc::evaluation {

/// Writes the vectors [size of the vocabulary, dimension], row-major, as single precision numbers. The ending of the
/// path says how:
/// - .bin: the binary format of Mikolov et al. 2013: a line `SIZE DIMENSION`, then for every word its name, a blank,
///   the numbers as they lie in memory (little-endian) and LF;
/// - .npy: an array of NumPy's, and beside it NAME.words.txt with a word a line, which vocabulary(list = ..) reads;
/// - everything else: their text format, the same with numbers as text, to all their digits.
/// Files are written whole or not at all. Returns why it failed, which begins with the file; empty: it did not.
template <class T>
std::string save_vectors(const std::string& path, const Vocabulary& vocabulary, const T* vectors,
                         std::int64_t dimension);

/// Where the names of the vectors in an array file are.
std::string words_beside(const std::string& npy_path);

}  // namespace tpc::evaluation
