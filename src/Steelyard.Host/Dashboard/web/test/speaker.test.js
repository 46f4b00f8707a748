import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Speaker } from '../src/speaker.js';

function listener(outcome = 'right carries the traffic.') {
  const said = [];
  return { said, speaker: new Speaker(sentence => said.push(sentence), () => outcome) };
}

const role = (box, sentence) => ({ box, kind: 'role', severity: 'information', subject: 'VI_1', sentence });

test('a failover is told as it begins, as a storm, and by its outcome once it is over', () => {
  const { said, speaker } = listener();

  speaker.hear(role('left', 'is BACKUP'), 1000);
  speaker.hear(role('right', 'is MASTER'), 1200);
  speaker.hear(role('right', 'is MASTER'), 1300);
  speaker.look(4200);
  speaker.look(4300);
  speaker.look(9000);

  assert.deepEqual(said, [
    'left: VI_1 is BACKUP', 'Several things are happening; see the events.',
    'right carries the traffic.',
  ]);
});

test('what is mere information is not spoken', () => {
  const { said, speaker } = listener();

  speaker.hear({ box: 'left', kind: 'server', severity: 'information', subject: 's', sentence: 'x' }, 1000);
  speaker.look(9000);

  assert.deepEqual(said, []);
});
