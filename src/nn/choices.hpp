// Everything a learner chooses about a network and its training: one table per choice.
#pragma once

#include "nn/choices/activations.hpp"
#include "nn/choices/faults.hpp"
#include "nn/choices/inits.hpp"
#include "nn/choices/layers.hpp"
#include "nn/choices/losses.hpp"
#include "nn/choices/optimizers.hpp"
#include "nn/choices/schedules.hpp"
