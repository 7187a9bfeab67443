/// \file What a program observes of vectors with names: analogies, nearest names, a picture. Everything follows from
/// inner products, so their means over replicas and networks are what is kept.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "evaluation/sources/vocabulary.h"
#include "evaluation/vectors/inner_products.h"
#include "evaluation/vectors/neighbours.h"
#include "evaluation/vectors/principal_coordinates.h"
#include "evaluation/vectors/questions.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

/// An observation of the rows of a table [words, n], with what its file says.
struct ObservedVectors {
  sema::NamedVectors::Kind kind = sema::NamedVectors::Kind::nearest;
  std::string name;                            ///< its key in the result: as written
  size_t parameter = 0;                        ///< of the program; the state of the same number of its TP IR
  std::string table;                           ///< the parameter's name
  const Vocabulary* vocabulary = nullptr;      ///< the names of the rows
  int64_t count = 0;                           ///< analogies: only so many of the first names; nearest: neighbours
  ListedWords list = {};                       ///< nearest: asked for; pca: drawn
  std::vector<QuestionSection> sections = {};  ///< analogies
  /// Entries are of order n^scale: times n^{-2 scale - 1} inner products of rows tend to E[Z_i Z_j].
  double scale = 0.0;
  Span span = {};
};

/// Reads the files of the program's observations of named rows. What is wrong with them is reported; of an analogy file
/// without a question about known words it is a warning.
std::vector<ObservedVectors> load_observed_vectors(const sema::Program& program, const std::string& program_directory,
                                                   diag::Engine& diagnostics);

/// The files that load_observed_vectors reads.
std::vector<std::string> observed_vector_paths(const sema::Program& program, const std::string& program_directory);

/// The numbers that are kept of one network or replica, of which means over several say something:
/// - analogies: [1 + sections, shares]: all questions, then each section; exact answers, answers among the section's
///   own, reciprocal ranks, each a mean over the questions asked (0 where there are none);
/// - nearest: [asked + 1, names]: inner products of those asked for with all; then all squared lengths;
/// - pca: [listed, listed]: inner products.
std::vector<int64_t> shape_of(const ObservedVectors& observed);
std::vector<double> measure(const ObservedVectors& observed, const InnerProducts& rows);

/// The last dimension for analogies.
enum AnalogyShare : int64_t { exact_share, own_share, reciprocal_rank_share, analogy_shares };

/// Questions whose answer could be found, and all of them, also those with unknown words.
struct QuestionCount {
  int64_t asked = 0, all = 0;
};
QuestionCount count_questions(const QuestionSection& section);
QuestionCount count_questions(const std::vector<QuestionSection>& sections);

/// From what is kept: for each name asked for the nearest ones; the first two principal coordinates.
std::vector<std::vector<Neighbour>> nearest_names(const ObservedVectors& observed, const std::vector<double>& kept);
PrincipalCoordinates picture_coordinates(const ObservedVectors& observed, const std::vector<double>& kept);

}  // namespace tpc::evaluation
