/** Requests to the queue are signed as AWS documents it: its published test vectors. */
import { expect, test } from 'vitest'
import { signed, type ToSign } from './sigv4.ts'

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const BASE = {
  url: new URL('https://example.amazonaws.com/'),
  headers: {},
  body: '',
  region: 'us-east-1',
  service: 'service',
  nowMs: Date.parse('2015-08-30T12:36:00.000Z'),
}

test.each<[string, Partial<ToSign>, string]>([
  ['get-vanilla', { method: 'GET' }, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'get-vanilla-query-order-key-case',
    { method: 'GET', url: new URL('https://example.amazonaws.com/?Param2=value2&Param1=value1') },
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'post-x-www-form-urlencoded',
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Param1=value1',
    },
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
])('%s', (_, change, signature) => {
  const { authorization } = signed({ ...BASE, ...change } as ToSign, KEY)
  expect(authorization).toContain('Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request')
  expect(authorization).toContain(`Signature=${signature}`)
})

test('the secret is nowhere in what is sent', () => {
  expect(JSON.stringify(signed({ ...BASE, method: 'GET' }, KEY))).not.toContain(KEY.secretAccessKey)
})
