// kafkajs against the broker at $BOOTSTRAP, which does not create topics by itself. Prints a line a check.
'use strict'
const assert = require('node:assert/strict')
const kafkajs = require('kafkajs')
const SnappyCodec = require('kafkajs-snappy')

const { Kafka, CompressionTypes, CompressionCodecs, ConfigResourceTypes, logLevel } = kafkajs
CompressionCodecs[CompressionTypes.Snappy] = SnappyCodec

const kafka = new Kafka({ clientId: 'kafkajs', brokers: [process.env.BOOTSTRAP], logLevel: logLevel.NOTHING, retry: { retries: 3 } })
const admin = kafka.admin()
let failed = false

async function check(name, body) {
  let timer
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('not within 40 s')), 40000) })
  try {
    await Promise.race([body(), late])
    console.log(`ok ${name}`)
  } catch (error) {
    failed = true
    console.log(`not ok ${name}: ${String(error.message).replace(/\s+/g, ' ').slice(0, 400)}`)
  } finally {
    clearTimeout(timer)
  }
}

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))
const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i))
const strings = messages => messages.map(({ message }) => message.value === null ? null : message.value.toString())
const create = (topic, numPartitions = 1, configEntries = []) => admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }] })

async function eventually(condition, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(50)) if (await condition()) return
  throw new Error(`it did not come true within ${seconds} s`)
}

async function produce(topic, values, options = {}, send = {}) {
  const producer = kafka.producer(options)
  await producer.connect()
  try {
    return await producer.send({ topic, messages: values.map(value => ({ value, partition: 0 })), ...send })
  } finally {
    await producer.disconnect()
  }
}

let groups = 0
async function consume(topic, count, { from, group = `kj-once-${++groups}`, ...options } = {}) {
  const consumer = kafka.consumer({ groupId: group, heartbeatInterval: 500, maxWaitTimeInMs: 200, ...options })
  const messages = []
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({ autoCommit: false, eachMessage: async message => { messages.push(message) } })
    if (from !== undefined) consumer.seek({ topic, partition: 0, offset: String(from) })
    await eventually(() => messages.length >= count)
    return messages
  } finally {
    await consumer.disconnect()
  }
}

async function roundTrip(topic, count, options, send) {
  await create(topic)
  await produce(topic, numbers(1, count), options, send)
  assert.deepEqual(strings(await consume(topic, count)), numbers(1, count))
}

async function join(groupId, topic, options = {}) {
  const consumer = kafka.consumer({ groupId, heartbeatInterval: 300, maxWaitTimeInMs: 200, sessionTimeout: 10000, ...options })
  const member = { consumer, held: [], leave: () => consumer.disconnect() }
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => { member.held = payload.memberAssignment[topic] || [] })
  await consumer.connect()
  await consumer.subscribe({ topic })
  await consumer.run({ eachMessage: async () => {} })
  return member
}

async function topicsAndConfigs() {
  await check('topics are created, listed, described', async () => {
    await create('kj-three', 3, [{ name: 'retention.ms', value: '100000' }])
    assert.ok((await admin.listTopics()).includes('kj-three'))
    const { topics } = await admin.fetchTopicMetadata({ topics: ['kj-three'] })
    assert.equal(topics[0].partitions.length, 3)
  })
  await check('a topic that exists is not made again', async () => assert.equal(await create('kj-three'), false))
  await check('configs are described and altered', async () => {
    const resource = { type: ConfigResourceTypes.TOPIC, name: 'kj-three' }
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries: [{ name: 'retention.ms', value: '200000' }] }] })
    await eventually(async () => {
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ ...resource, configNames: ['retention.ms'] }] })
      return resources[0].configEntries[0].configValue === '200000'
    })
  })
  await check('partitions are added', async () => {
    await admin.createPartitions({ topicPartitions: [{ topic: 'kj-three', count: 5 }] })
    await eventually(async () => (await admin.fetchTopicMetadata({ topics: ['kj-three'] })).topics[0].partitions.length === 5)
  })
  await check('the cluster is described', async () => {
    const { brokers, controller } = await admin.describeCluster()
    assert.deepEqual([brokers.length, brokers[0].nodeId, controller], [1, 1, 1])
  })
  await check('topics are deleted', async () => {
    await admin.deleteTopics({ topics: ['kj-three'] })
    await eventually(async () => !(await admin.listTopics()).includes('kj-three'))
  })
}

async function producing() {
  for (const acks of [0, 1, -1]) await check(`acks=${acks}`, () => roundTrip(`kj-acks${acks}`, 50, {}, { acks }))
  for (const name of ['None', 'GZIP', 'Snappy']) {
    await check(`compression ${name}`, () => roundTrip(`kj-codec-${name}`, 500, {}, { compression: CompressionTypes[name] }))
  }
  await check('an idempotent producer', () => roundTrip('kj-idempotent', 500, { idempotent: true, maxInFlightRequests: 1 }, { acks: -1 }))
  await check('keys, headers, timestamps, null values', async () => {
    await create('kj-full')
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({
      topic: 'kj-full',
      messages: [
        { key: 'k', value: 'v', headers: { a: ['1', '2'] }, timestamp: '1700000000123' },
        { key: 't', value: null, timestamp: '1700000001000' },
      ],
    })
    await producer.disconnect()
    const [first, second] = (await consume('kj-full', 2)).map(({ message }) => message)
    assert.deepEqual([first.key.toString(), first.value.toString(), first.timestamp], ['k', 'v', '1700000000123'])
    assert.deepEqual(first.headers.a.map(String), ['1', '2'])
    assert.equal(second.value, null)
  })
}

async function consuming() {
  await check('from an offset', async () => {
    const got = await consume('kj-acks-1', 10, { from: 40 })
    assert.deepEqual(strings(got).slice(-10), numbers(41, 50))
  })
  await check('offsets of the ends and of a time', async () => {
    const [ends] = await admin.fetchTopicOffsets('kj-full')
    assert.deepEqual([ends.low, ends.high], ['0', '2'])
    const [found] = await admin.fetchTopicOffsetsByTimestamp('kj-full', 1700000000500)
    assert.equal(found.offset, '1')
  })
  await check('read_committed is the default, and read_uncommitted reads the same', async () => {
    const got = await consume('kj-codec-GZIP', 500, { readUncommitted: true })
    assert.deepEqual(strings(got), numbers(1, 500))
  })
}

async function groupChecks() {
  await check('two members share, one takes over', async () => {
    await create('kj-shared', 4)
    const one = await join('kj-g', 'kj-shared')
    await eventually(() => one.held.length === 4)
    const two = await join('kj-g', 'kj-shared')
    await eventually(() => one.held.length === 2 && two.held.length === 2)
    await two.leave()
    await eventually(() => one.held.length === 4)
    await one.leave()
  })
  await check('commits are kept, lag is known, offsets are reset', async () => {
    const consumer = kafka.consumer({ groupId: 'kj-commits', heartbeatInterval: 500, maxWaitTimeInMs: 200 })
    await consumer.connect()
    await consumer.subscribe({ topic: 'kj-acks-1', fromBeginning: true })
    let seen = 0
    await consumer.run({ autoCommit: false, eachMessage: async () => { seen += 1 } })
    await eventually(() => seen === 50)
    await consumer.commitOffsets([{ topic: 'kj-acks-1', partition: 0, offset: '30', metadata: 'note' }])
    await consumer.disconnect()
    const [{ partitions }] = await admin.fetchOffsets({ groupId: 'kj-commits', topics: ['kj-acks-1'] })
    assert.deepEqual([partitions[0].offset, partitions[0].metadata], ['30', 'note'])
    const [{ high }] = await admin.fetchTopicOffsets('kj-acks-1')
    assert.equal(Number(high) - Number(partitions[0].offset), 20)
    assert.deepEqual(strings(await consume('kj-acks-1', 20, { group: 'kj-commits' })), numbers(31, 50))
    await admin.setOffsets({ groupId: 'kj-commits', topic: 'kj-acks-1', partitions: [{ partition: 0, offset: '5' }] })
    assert.equal((await consume('kj-acks-1', 45, { group: 'kj-commits' }))[0].message.offset, '5')
    await admin.resetOffsets({ groupId: 'kj-commits', topic: 'kj-acks-1', earliest: true })
    assert.equal((await consume('kj-acks-1', 50, { group: 'kj-commits' }))[0].message.offset, '0')
  })
  await check('groups are listed, described, deleted', async () => {
    const listed = await admin.listGroups()
    assert.ok(listed.groups.some(group => group.groupId === 'kj-commits' && group.protocolType === 'consumer'))
    const described = await admin.describeGroups(['kj-commits'])
    assert.equal(described.groups[0].state, 'Empty')
    await admin.deleteGroups(['kj-commits'])
    assert.ok(!(await admin.listGroups()).groups.some(group => group.groupId === 'kj-commits'))
  })
}

async function refusals() {
  await check('an unknown topic is an error for a producer', () =>
    assert.rejects(produce('kj-nowhere', ['x'], { allowAutoTopicCreation: false, retry: { retries: 1 } }), /does not host this topic-partition/))
  await check('a message that is too large is refused', () =>
    assert.rejects(produce('kj-full', ['x'.repeat(1500000)], { retry: { retries: 1 } }), /larger than the max message size/))
  await check('a transactional id is refused at once', async () => {
    const begun = Date.now()
    const producer = kafka.producer({ transactionalId: 'kj-tx', idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    await assert.rejects(producer.transaction())
    await producer.disconnect()
    assert.ok(Date.now() - begun < 10000, `after ${Date.now() - begun} ms`)
  })
}

async function main() {
  console.log(`# version ${require('kafkajs/package.json').version}`)
  await admin.connect()
  await topicsAndConfigs()
  await producing()
  await consuming()
  await groupChecks()
  await refusals()
  await admin.disconnect()
  process.exit(failed ? 1 : 0)
}

main().catch(error => {
  console.log(`not ok run: ${error.message}`)
  process.exit(1)
})
