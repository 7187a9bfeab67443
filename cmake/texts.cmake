# tpc_texts(list files..): the files as rows {"path from the source tree", "text"} of a C++ table, in list.inc, which a
# source of this folder includes. Configures anew when one of them changes.
function(tpc_texts list)
  set(rows "")
  foreach(path ${ARGN})
    file(READ ${path} contents)
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${path})
    string(APPEND rows "{\"${name}\", R\"tp_text(${contents})tp_text\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${list}.inc CONTENT "@rows@" @ONLY)
endfunction()
