add_custom_target(generated) # all sources that are not in the repository

# embed_file(TARGET FILE SYMBOL): the file's bytes as `extern const std::string_view SYMBOL` in namespace health::embedded.
function(embed_file target file symbol)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${file} -DOUTPUT=${output} -DSYMBOL=${symbol} -P ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
    DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
  add_custom_target(${target}_${symbol} DEPENDS ${output})
  add_dependencies(generated ${target}_${symbol})
endfunction()
