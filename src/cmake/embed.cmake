# Text files as C++ constants, so that nothing is copied by hand.
# downhill_embed_text(<target> <header> <namespace> <file>...): the header, to be included by its name,
# declares one std::string_view per file: shaders/heat_map.frag becomes heat_map_frag.
function(downhill_embed_text target header namespace)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded/${header})
  string(REPLACE ";" "|" files "${ARGN}")
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAMESPACE=${namespace} "-DFILES=${files}"
            -P ${PROJECT_SOURCE_DIR}/src/cmake/write_text_header.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/src/cmake/write_text_header.cmake VERBATIM)
  target_sources(${target} PRIVATE ${out})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()
