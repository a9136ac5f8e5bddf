import { Logger } from '@nestjs/common';

// What the library logs is asked for where it matters; elsewhere it would bury the results.
Logger.overrideLogger(false);
