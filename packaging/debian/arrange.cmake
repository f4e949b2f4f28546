# Debian's own ways with what `make install` has put into the tree, and the files that only a package of Debian has.
set(tree ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
set(documents ${tree}/usr/share/doc/backfill-health)

function(compress name)
  execute_process(COMMAND gzip -9n ${name} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(add file folder)
  file(COPY ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${file} DESTINATION ${folder}
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endfunction()

file(MAKE_DIRECTORY ${tree}/lib)
file(RENAME ${tree}/usr/lib/systemd ${tree}/lib/systemd)
file(REMOVE_RECURSE ${tree}/usr/lib)
file(RENAME ${tree}/usr/share/zsh/site-functions ${tree}/usr/share/zsh/vendor-completions)

file(GLOB pages ${tree}/usr/share/man/man1/*.1)
foreach(page ${pages})
  compress(${page})
endforeach()

file(REMOVE ${documents}/LICENSE)
file(RENAME ${documents}/CHANGELOG.md ${documents}/changelog)
compress(${documents}/changelog)
add(copyright ${documents})
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in ${documents}/changelog.Debian @ONLY)
compress(${documents}/changelog.Debian)

add(default/backfill-health ${tree}/etc/default)
add(overrides/backfill-health ${tree}/usr/share/lintian/overrides)
