# Writes OUTPUT anew only when the commit has changed, so that nothing is compiled for nothing.
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT revision)
  set(revision unknown)
endif()
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
