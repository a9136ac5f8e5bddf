// Serves an application to the benchmark that started this process, and tells it what it costs.
import { Session } from 'node:inspector/promises';
import { NestFactory } from '@nestjs/core';
import { startTrace, stopTrace } from './socket-trace.mjs';

/** @param adapter Nest's for Express unless given */
export async function serveNest(rootModule, prepare = () => undefined, adapter) {
  const app = await NestFactory.create(rootModule, ...(adapter ? [adapter] : []), {
    logger: ['error'],
  });
  await prepare(app);
  await app.listen(0, '127.0.0.1');
  report(app.getHttpServer().address().port);
}

export function report(port) {
  const profiler = new Session();
  const answers = {
    usage: () => ({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }),
    startTrace: () => startTrace(Number(new URL(process.env.REDIS_URL).port)),
    stopTrace,
    async startProfile() {
      profiler.connect();
      await profiler.post('Profiler.enable');
      await profiler.post('Profiler.setSamplingInterval', { interval: 200 });
      await profiler.post('Profiler.start');
      await profiler.post('HeapProfiler.startSampling', {
        samplingInterval: 16_384,
        includeObjectsCollectedByMajorGC: true,
        includeObjectsCollectedByMinorGC: true,
      });
    },
    async stopProfile() {
      const { profile: time } = await profiler.post('Profiler.stop');
      const { profile: allocations } = await profiler.post('HeapProfiler.stopSampling');
      return { time, allocations };
    },
  };
  process.on('message', async (question) => {
    process.send({ answer: await answers[question]() });
  });
  process.on('disconnect', () => process.exit());
  process.send({ port });
}
