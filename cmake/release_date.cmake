# The date of what is built, so that the same commit gives the same bytes: SOURCE_DATE_EPOCH, which
# https://reproducible-builds.org/specs/source-date-epoch/ defines, or that of the commit, or that of the changelog.
set(RELEASE_EPOCH $ENV{SOURCE_DATE_EPOCH})
if(NOT RELEASE_EPOCH)
  execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} log -1 --format=%ct
    OUTPUT_VARIABLE RELEASE_EPOCH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT RELEASE_EPOCH)
  file(TIMESTAMP ${PROJECT_SOURCE_DIR}/CHANGELOG.md RELEASE_EPOCH %s UTC)
endif()
set(ENV{SOURCE_DATE_EPOCH} ${RELEASE_EPOCH})
string(TIMESTAMP RELEASE_DATE %Y-%m-%d UTC)
