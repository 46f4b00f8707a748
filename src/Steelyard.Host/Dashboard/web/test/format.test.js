import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bits, count, plural, rate, span } from '../src/format.js';

test('a span is told in its two largest units', () => {
  assert.equal(span(0), '0 s');
  assert.equal(span(59.9), '59 s');
  assert.equal(span(192), '3 min 12 s');
  assert.equal(span(3600), '1 h');
  assert.equal(span(3605), '1 h');
  assert.equal(span(187200), '2 d 4 h');
  assert.equal(span(undefined), '–');
});

test('rates keep tenths only while they mean something', () => {
  assert.equal(rate(0), '0');
  assert.equal(rate(12.34), '12.3');
  assert.equal(rate(1234.5), '1,235');
  assert.equal(rate(123456), '123 k');
  assert.equal(rate(1234567), '1.2 M');
  assert.equal(rate(undefined), '–');
});

test('bytes per second become bits per second', () => {
  assert.equal(bits(0), '0 bit/s');
  assert.equal(bits(125), '1 kbit/s');
  assert.equal(bits(125e6), '1 Gbit/s');
  assert.equal(bits(12.5e9), '100 Gbit/s');
});

test('counts group thousands and words follow them', () => {
  assert.equal(count(12480), '12,480');
  assert.equal(plural(1, 'box', 'boxes'), '1 box');
  assert.equal(plural(2, 'box', 'boxes'), '2 boxes');
});
