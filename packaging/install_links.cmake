# Beside the documents, links to the folders that they name.
foreach(name kibana prometheus)
  file(RELATIVE_PATH target /${document_folder} /${data_folder}/${name})
  file(CREATE_LINK ${target} $ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${document_folder}/${name} SYMBOLIC)
endforeach()
