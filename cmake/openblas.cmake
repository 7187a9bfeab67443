# OpenBLAS, linked statically so that a host's own BLAS is left alone. Threads are the callers' business (oneTBB): its own
# are switched off where it is used (openblas_set_num_threads(1)). It must nevertheless be the pthread build: Debian's serial
# one has no locks around its buffers, so that products computed by two threads at the same time come out wrong. It
# chooses its kernels for the machine it runs on: 2 to 3 times Eigen's rate here (bench/README.md).
find_path(TPC_OPENBLAS_INCLUDE cblas.h PATH_SUFFIXES openblas-pthread x86_64-linux-gnu/openblas-pthread
          PATHS /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-pthread NO_DEFAULT_PATH)
find_library(TPC_OPENBLAS_LIBRARY libopenblas.a
             PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-pthread NO_DEFAULT_PATH)
if(NOT TPC_OPENBLAS_INCLUDE OR NOT TPC_OPENBLAS_LIBRARY)
  message(FATAL_ERROR "OpenBLAS is missing (Debian package libopenblas-pthread-dev); elsewhere set TPC_OPENBLAS_INCLUDE "
                      "and TPC_OPENBLAS_LIBRARY to a static, thread-safe build of it")
endif()
