# The README without the parts that are only true in the repository.
file(MAKE_DIRECTORY ${scratch})
execute_process(COMMAND sed "/^<!-- repository only -->$/,/^<!-- end -->$/d" ${source}/README.md
  OUTPUT_FILE ${scratch}/README.md COMMAND_ERROR_IS_FATAL ANY)
file(INSTALL ${scratch}/README.md DESTINATION ${CMAKE_INSTALL_PREFIX}/${document_folder})
