#include "frontend/sema/words.h"

namespace tpc::sema {

const std::vector<Word>& words() {
  static const std::vector<Word> all = {
#define TPC_WORD(role, word, usage, text) {WordRole::role, #word, usage, text},
#include "frontend/sema/words.def"
  };
  return all;
}

}  // namespace tpc::sema
