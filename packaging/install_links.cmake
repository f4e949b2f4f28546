# Beside the documents, links to the folders that they name.
foreach(name kibana prometheus)
  file(RELATIVE_PATH target /${documents} /${data}/${name})
  file(CREATE_LINK ${target} $ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${documents}/${name} SYMBOLIC)
endforeach()
