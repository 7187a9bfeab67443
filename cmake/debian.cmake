# The Debian package (scripts/package). One package: code that the compiler makes needs the runtime of the same version,
# and linking it the headers.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "compiler for infinite-width limits of neural networks")
set(CPACK_PACKAGE_DESCRIPTION
    "tpc classifies parametrizations of a neural network by powers of its width,
derives the equations of its limit (Tensor Programs), compiles them to native
code, and trains the infinitely wide network on data, with error bars. The
code can be embedded in C, C++ and Python: the runtime library is here.")
set(CPACK_PACKAGE_VENDOR "The tpc developers")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The tpc developers <tpc@packages.invalid>")
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "g++")  # links what `tpc compile -o model.so` makes
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3-numpy, python3-torch")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(debian ${PROJECT_SOURCE_DIR}/packaging/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/triggers ${debian}/shlibs)
install(FILES ${debian}/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/tpc)
install(FILES ${debian}/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME tpc)
set(changelog ${PROJECT_BINARY_DIR}/changelog.gz)
execute_process(COMMAND gzip -9nc ${debian}/changelog OUTPUT_FILE ${changelog})
install(FILES ${changelog} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/tpc)
include(CPack)
