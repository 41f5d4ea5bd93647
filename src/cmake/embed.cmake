# Embeds files as C++ constants in a header that the build writes.
#
#   downhill_embed_text(<target> <header> <namespace> <file>...)   one std::string_view per file
#   downhill_embed_bytes(<target> <header> <namespace> <file>...)  one std::array<uint8_t, N> per file
#
# Include the header by its name. A constant is named after its file: shaders/heat_map.frag is
# heat_map_frag.
function(downhill_embed_text target header namespace)
  downhill_embed(text ${target} ${header} ${namespace} ${ARGN})
endfunction()

function(downhill_embed_bytes target header namespace)
  downhill_embed(bytes ${target} ${header} ${namespace} ${ARGN})
endfunction()

function(downhill_embed kind target header namespace)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded/${header})
  set(script ${PROJECT_SOURCE_DIR}/src/cmake/write_embedded.cmake)
  string(REPLACE ";" "|" files "${ARGN}")
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DKIND=${kind} -DOUT=${out} -DNAMESPACE=${namespace} "-DFILES=${files}"
            -P ${script}
    DEPENDS ${ARGN} ${script} VERBATIM)
  target_sources(${target} PRIVATE ${out})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()
