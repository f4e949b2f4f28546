# A room of the house: a folder of sources with its headers beside them, a library, and an include root that holds this
# folder alone, so that <ROOM/name.hpp> is found by those who need the room, and by those who need them in turn: an arrow
# upwards does not compile. tests/e2e/test_rooms.py checks that a room includes only the rooms that it names.

# What counts documents and serves scrapes has to be fast.
set(hot_rooms http ndjson)

# room(NAME [NEEDS ROOM...] [LINKS LIBRARY...]): the rooms whose headers it includes; the libraries that only it sees.
function(room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "NEEDS;LINKS")
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${name})
  set(root ${CMAKE_BINARY_DIR}/rooms/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${folder} ${root}/${name} SYMBOLIC)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${root})
  target_link_libraries(${name} PUBLIC ${room_NEEDS} PRIVATE house_rules ${room_LINKS})
  if(name IN_LIST hot_rooms AND hot_options)
    target_compile_options(${name} PRIVATE ${hot_options})
  else()
    target_precompile_headers(${name} REUSE_FROM precompiled)
  endif()
endfunction()
