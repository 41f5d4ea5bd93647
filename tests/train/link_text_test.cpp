#include "train/link_text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace downhill;

namespace {

std::string opened(std::string_view text) {
  const LinkedExperiment link = read_link(text);
  CHECK_MESSAGE(link.left_out.empty(), link.left_out);
  return print_spec(link.spec);
}
std::string written(std::string_view edits) { return print_spec(*edit_spec({}, edits)); }

}  // namespace

TEST_CASE("a link opens as it was written, and as programs have encoded it") {
  const std::string two = written("lr=0.5&model=mlp:12,5");
  for (const char* text :
       {"lr=0.5&model=mlp:12,5", "#lr=0.5&model=mlp:12,5", "#lr%3D0.5%26model%3Dmlp%3A12%2C5",
        "lr%3d0.5%26model%3dmlp:12,5", "lr%253D0.5%2526model%253Dmlp%253A12%252C5",
        "lr=0.5%26model=mlp:12,5", "lr=0.5&amp;model=mlp:12,5", "lr=0.5&model=mlp:12,%0D%0A5",
        " lr=0.5&model=mlp:12,5 ", "lr=0.5%20&&model=mlp:12,5&",
        "%23lr%3D0.5%26model%3Dmlp:12,5"}) {
    CAPTURE(text);
    CHECK(opened(text) == two);
  }
  CHECK(opened("") == print_spec({}));
  CHECK(opened("#") == print_spec({}));
  CHECK(opened("lr=1e+1") == written("lr=10"));
  CHECK(opened("lr=0,5") == written("lr=0.5"));
}

TEST_CASE("what cannot be read of a link is left out and told, and the rest is opened") {
  const auto left_out = [](std::string_view text, std::string_view good) {
    const LinkedExperiment link = read_link(text);
    CHECK(print_spec(link.spec) == written(good));
    return link.left_out;
  };
  const std::string part = "[link] A part of this link cannot be read and is left out: ";
  CHECK(left_out("lr=fast&model=linear", "model=linear") == part + "lr: 'fast' is not a number.");
  CHECK(left_out("utm=mail&lr=0.5", "lr=0.5") == part + "there is no field 'utm'.");
  CHECK(left_out("lr=0.5&lr=0.7&seed", "lr=0.5") ==
        part + "'lr' is given twice; 'seed' is not of the form name=value.");
  CHECK(left_out("lr=%zz&seed=3", "seed=3") == part + "lr: '%zz' is not a number.");
  CHECK(left_out("lr=0.5&batch=16384&model=net:conv64k3p1,conv64k3p1,flatten,linear", "")
            .starts_with("[link] The default experiment is shown, because this link cannot be "
                         "opened: 16384 images need "));
}
