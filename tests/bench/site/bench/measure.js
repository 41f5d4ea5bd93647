// How a workload is measured, in the page of the benchmark and by tests/bench/bench.mjs alike.
//
// A group is {config, asks}: engines of one kind that work at the same time, each a function that takes a line of
// tests/bench/commands.hpp and promises the answer.

export async function ask(engine, line) {
  const answer = await engine(line);
  if (answer.error) throw new Error(answer.error);
  return answer;
}

const askAll = (group, line) => Promise.all(group.asks.map((engine) => ask(engine, line)));

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

// Images per second of the whole group.
export async function timedWindow(group, seconds) {
  const answers = await askAll(group, `train ${seconds}`);
  return answers.reduce((sum, answer) => sum + answer.images / answer.seconds, 0);
}

// A workload, a string with edits behind it if wanted ("W5 batch=20"), by all groups, whose windows take turns, so that
// what else the machine does meets all of them. One result for each group. With `roofs` an engine measures the roof
// (roof.hpp) behind each window: {config: [the operations per second of each]}.
export async function measure(groups, workload, { seconds, windows }, roofs) {
  const results = [];
  for (const group of groups) {
    const [{ batch }] = await askAll(group, `prepare ${workload}`);
    results.push({
      workload: workload.split(' ')[0], peer: 'project', config: group.config, threads: group.asks.length, batch,
      ips: [],
    });
    await timedWindow(group, seconds);  // caches, and the tiers of a WebAssembly compiler
  }
  for (let i = 0; i < windows; ++i) {
    for (const [which, group] of groups.entries()) {
      results[which].ips.push(Math.round(await timedWindow(group, seconds)));
      if (roofs) (roofs[group.config] ??= []).push((await ask(group.asks[0], `roof ${seconds / 4}`)).tile);
    }
  }
  for (const [which, group] of groups.entries()) {
    results[which].acc = (await ask(group.asks[0], 'test')).accuracy;
  }
  return results;
}
