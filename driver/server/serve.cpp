#include "driver/server/serve.h"

#include <unistd.h>

#include <cstdlib>

#include "driver/server/exponents.h"
#include "driver/server/server.h"

namespace tpc::driver::server {

int serve() {
  Transport transport(STDIN_FILENO, STDOUT_FILENO);
  const int status = Server(transport).run();
  if (Exponents::running()) std::_Exit(status);  // nothing is taken from under a computation that nobody waits for
  return status;
}

}  // namespace tpc::driver::server
