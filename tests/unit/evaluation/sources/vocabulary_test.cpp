// Dimensions whose indices have names.
#include "evaluation/sources/vocabulary.h"

#include "evaluation/sources/word_reader.h"
#include "files.h"

using namespace tpc::evaluation;

namespace {

/// "word:count .." in the order of the indices, each found by its name.
std::string text(const Vocabulary& vocabulary) {
  std::string result;
  for (std::int32_t i = 0; i < vocabulary.size(); ++i) {
    CHECK(vocabulary.find(vocabulary.word(i)) == i);
    result += (i == 0 ? "" : " ") + std::string(vocabulary.word(i));
    if (!vocabulary.counts().empty()) result += ":" + std::to_string(vocabulary.counts()[static_cast<std::size_t>(i)]);
  }
  return result;
}

struct Fixture {
  Folder folder;
  std::string corpus(const std::string& words, const CorpusVocabulary& settings = {}) {
    const auto result = corpus_vocabulary(folder.file("c.txt", words), settings);
    if (std::holds_alternative<FileError>(result)) return error_of(result);
    return text(std::get<Vocabulary>(result));
  }
  std::string list(const std::string& lines) {
    const auto result = listed_vocabulary(folder.file("w.txt", lines));
    if (std::holds_alternative<FileError>(result)) return error_of(result);
    return text(std::get<Vocabulary>(result));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "the most frequent words first, ties by first occurrence") {
  CHECK(corpus("b a\tc a\r\nd  c\n") == "a:2 c:2 b:1 d:1");
  CHECK(corpus("b a c a d c", {std::nullopt, 2}) == "a:2 c:2");
  CHECK(corpus("b a c a d c", {3, 1}) == "b:1 a:1 c:1");
  CHECK(corpus("b a c a d c", {100, 2}) == "a:2 c:2");
  CHECK(corpus("x") == "x:1");
}

TEST_CASE_FIXTURE(Fixture, "a text without words, and none that is frequent enough") {
  CHECK(corpus("") == "c.txt:0:0 has no words");
  CHECK(corpus(" \n\t ") == "c.txt:0:0 has no words");
  CHECK(corpus("a b a", {std::nullopt, 3}) ==
        "c.txt:0:0 has no word that occurs at least 3 times; the most frequent occurs 2 times");
  CHECK(corpus("a", {std::nullopt, 3}).ends_with("the most frequent occurs 1 time"));
  CHECK(error_of(corpus_vocabulary(folder.path("none.txt"), {})) ==
        "none.txt:0:0 cannot be read: No such file or directory");
  CHECK(corpus("a b " + std::string(70000, 'x')) == "c.txt:0:0 word 3 is longer than 64 KiB");
}

TEST_CASE_FIXTURE(Fixture, "words across the pieces in which a text is read; tables that grow") {
  std::string words;
  for (int i = 0; i < 200000; ++i) words += "w" + std::to_string(i % 50000) + (i % 7 == 0 ? "\n" : " ");
  WordReader reader(folder.file("c.txt", words));
  std::string_view word;
  std::int64_t at = 0;
  bool right = true;
  for (; reader.next(word); ++at) right = right && word == "w" + std::to_string(at % 50000);
  CHECK(right);
  CHECK(at == 200000);
  CHECK(reader.count() == at);
  const Vocabulary vocabulary = value_of(corpus_vocabulary(folder.path("c.txt"), {}));
  CHECK(vocabulary.size() == 50000);
  CHECK(vocabulary.word(49999) == "w49999");
  CHECK(vocabulary.find("w12345") == 12345);
  CHECK(vocabulary.find("w50000") == -1);
}

TEST_CASE_FIXTURE(Fixture, "a list of words") {
  CHECK(list("the 771\nof\n\nand 3 4\r\n") == "the of and");
  CHECK(list("the 771\nof\nthe\n") == "w.txt:3:0 'the' is listed twice");
  CHECK(list("\n") == "w.txt:0:0 has no words");
}

TEST_CASE_FIXTURE(Fixture, "the values of a column") {
  const std::string path = folder.file("r.csv", "user,item,stars\n7,\"Up, the film\",3\n9,Alien,5\n7,Alien,\n");
  CHECK(text(value_of(column_vocabulary(path, "item"))) == "Up, the film:1 Alien:2");
  CHECK(text(value_of(column_vocabulary(path, "user"))) == "7:2 9:1");
  CHECK(error_of(column_vocabulary(path, "stars")) == "r.csv:4:3 empty cell");
  CHECK(error_of(column_vocabulary(path, "film")) == "r.csv:1:0 no column `film`; there are `user`, `item`, `stars`");
  CHECK(error_of(column_vocabulary(folder.file("s.csv", "a,b\n"), "a")) == "s.csv:0:0 has no rows");
}

TEST_CASE("the shared vocabularies: lists that were made of the first 10,000 words") {
  const auto corpus = shared_file("data/corpus_small.txt");
  if (!corpus) return;
  const Vocabulary counted = value_of(corpus_vocabulary(*corpus, {10000, 1}));
  for (const std::int32_t size : {500, 2000}) {
    const auto list = shared_file("golden/experiments/vocabulary_" + std::to_string(size) + ".txt");
    if (!list) return;
    const Vocabulary listed = value_of(listed_vocabulary(*list));
    CHECK(listed.size() == size);
    CHECK(listed.counts().empty());
    std::ifstream lines(*list);
    std::string word;
    std::int64_t count = 0;
    for (std::int32_t i = 0; i < size; ++i) {
      lines >> word >> count;
      CHECK(listed.word(i) == counted.word(i));
      CHECK(word == counted.word(i));
      CHECK(count == counted.counts()[static_cast<std::size_t>(i)]);
    }
  }
}

TEST_CASE("the shared text: sizes of vocabularies known from elsewhere") {
  const auto corpus = shared_file("data/corpus.txt");
  if (!corpus) return;
  for (const auto& [min_count, size] : {std::pair(115, 2002), std::pair(39, 5043), std::pair(16, 10098)}) {
    CHECK(value_of(corpus_vocabulary(*corpus, {2000000, min_count})).size() == size);
  }
}
