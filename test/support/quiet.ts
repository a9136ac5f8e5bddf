import { Logger } from '@nestjs/common';

// What the library logs is checked where it matters; elsewhere it would bury the results.
Logger.overrideLogger(false);
