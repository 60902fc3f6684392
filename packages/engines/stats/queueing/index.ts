export { erlangB, erlangC, staffFor, StaffingTarget, Traffic, type QueueFigures } from './erlang.ts'
