// Files with bytes changed, lost or added: every reader gives a value or an error with the file's name.
#include <random>

#include "evaluation/sources/array_classes.h"
#include "evaluation/sources/replayed_episodes.h"
#include "evaluation/sources/windows.h"
#include "evaluation/vectors/questions.h"
#include "files.h"

using namespace tpc::evaluation;

namespace {

constexpr unsigned seed = 20;

std::string damaged(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
  static constexpr std::string_view tempting = "0123456789-,;\"' \n\r\t()[]<>|\xff";
  for (std::size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = below(bytes.size());
    const char byte = below(3) == 0 ? static_cast<char>(random()) : tempting[below(tempting.size())];
    switch (below(5)) {
      case 0: bytes.erase(at, 1 + below(8)); break;
      case 1: bytes.insert(at, 1 + below(3), byte); break;
      case 2: bytes.resize(at); break;
      default: bytes[at] = byte; break;
    }
  }
  return bytes;
}

/// Reads so many damaged copies; an error must speak of a file.
template <class Read>
void read_damaged(const Folder& folder, const std::string& name, const std::string& bytes, Read&& read) {
  std::mt19937 random(seed);
  int errors = 0;
  for (int i = 0; i < 200; ++i) {
    // A new name each time: to replace a file by another is slow where file systems make sure of it.
    const auto result = read(folder.file(std::to_string(i) + name, damaged(bytes, random)));
    const auto* error = std::get_if<FileError>(&result);
    if (error == nullptr) continue;
    ++errors;
    CHECK(!error->file.empty());
    CHECK(!error->message.empty());
  }
  CAPTURE(name);
  CHECK(errors > 0);
}

}  // namespace

TEST_CASE("damaged files are values or errors") {
  const Folder folder;
  const std::vector<std::uint8_t> images(3 * 2 * 4, 7);
  const std::string array = npy_bytes("|u1", "(3, 2, 2, 2)", images);
  const std::string table = "index,split\n0,train\n1,\"test\"\n2,train\n";
  const std::string good_array = folder.file("good.npy", array), good_table = folder.file("good.csv", table);
  const auto classes = [](const std::string& path, const std::string& rows) {
    return ArrayClasses::load({"x", path, {"class", "item"}, rows, {{"split", "train"}}, 4});
  };
  read_damaged(folder, "a.npy", array, [&](const std::string& path) { return classes(path, good_table); });
  read_damaged(folder, "t.csv", table, [&](const std::string& path) { return classes(good_array, path); });

  const auto source = std::make_shared<const ArrayClasses>(value_of(classes(good_array, good_table)));
  const std::string episodes =
      "batch,task,part,position,class,item,turn,label\n0,0,support,0,0,0,1,0\n0,0,query,0,0,1,1,0\n"
      "0,1,support,0,2,0,3,0\n0,1,query,0,2,1,3,0\n1,0,support,0,0,0,0,0\n1,0,query,0,0,1,0,0\n"
      "1,1,support,0,2,1,0,0\n1,1,query,0,2,0,0,0\n";
  read_damaged(folder, "e.csv", episodes, [&](const std::string& path) { return replay_episodes(source, path); });

  const std::string words = "the quick brown fox jumps over the lazy dog\n";
  read_damaged(folder, "c.txt", words,
               [](const std::string& path) { return corpus_vocabulary(path, {std::nullopt, 2}); });
  const Vocabulary vocabulary = value_of(corpus_vocabulary(folder.file("good.txt", words), {}));
  read_damaged(folder, "w.txt", words, [&](const std::string& path) {
    TextWindowSettings settings;
    settings.last = 8;
    settings.window = 3;
    settings.sample = 0.1;
    return TextWindows::load(path, vocabulary, settings);
  });
  read_damaged(folder, "l.txt", "the 2\nquick 1\nfox\ndog\n", listed_vocabulary);
  read_damaged(folder, "r.csv", "user,item\n1,\"a \"\"b\"\"\"\n2,c\n",
               [](const std::string& path) { return column_vocabulary(path, "item"); });
  read_damaged(folder, "q.txt", ": one\nthe fox the dog\n: two\nover lazy over quick\n",
               [&](const std::string& path) { return read_questions(path, vocabulary); });
  const std::vector<std::int16_t> listed = {0, 1, -1, 2, 3, 1, 2, -1, 4, 5, 6, -1};
  read_damaged(folder, "n.npy", npy_bytes("<i2", "(3, 4)", listed),
               [](const std::string& path) { return ListedWindows::load(path, 8, 2, 1); });
}
