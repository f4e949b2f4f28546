# The same objects, linked to find, next to the program, the libraries that a stock Ubuntu LTS lacks. A static program would
# need no folder of libraries, but Debian has no static libfmt and libsimdjson.
add_executable(portable EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/apps/backfill-health/main.cpp)
target_link_libraries(portable PRIVATE commands house_rules)
target_link_options(portable PRIVATE $<$<CONFIG:Release>:-s>)
set_target_properties(portable PROPERTIES
  OUTPUT_NAME backfill-health RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
  BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN/../lib")

# What these systems have, by the names of their packages: libc6, libstdc++6, libgcc-s1, libssl3, zlib1g, libcrypt1.
set(of_the_system ld-linux libc libm libstdc\\+\\+ libgcc_s libssl libcrypto libz libcrypt)
list(TRANSFORM of_the_system PREPEND "^")
list(TRANSFORM of_the_system APPEND "[-.].*")
install(TARGETS portable RUNTIME_DEPENDENCY_SET carried
  RUNTIME DESTINATION bin COMPONENT portable EXCLUDE_FROM_ALL)
install(RUNTIME_DEPENDENCY_SET carried PRE_EXCLUDE_REGEXES ${of_the_system}
  LIBRARY DESTINATION lib COMPONENT portable EXCLUDE_FROM_ALL)
install_monitoring(. portable EXCLUDE_FROM_ALL)
install_documents(. portable EXCLUDE_FROM_ALL)
