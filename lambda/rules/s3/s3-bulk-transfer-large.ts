import { defineRule, type Examples } from '../rule';
import { bulkTransferExamples, bulkTransferRule } from './bulk-transfers';

const GIBIBYTES = 50;

export default defineRule({
  id: 's3-bulk-transfer-large',
  title: 'Tens of gigabytes moved from or to a bucket in minutes',
  ...bulkTransferRule('high', GIBIBYTES),
});

export const examples = (): Examples => bulkTransferExamples('high', 'critical', GIBIBYTES);
