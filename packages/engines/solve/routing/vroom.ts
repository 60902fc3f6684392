import { z } from 'zod'

/**
 * The JSON of VROOM (github.com/VROOM-Project/vroom, docs/API.md, version 1.14), so that either solver can be put in the
 * other's place. Times in seconds, distances in metres, durations and costs in whole numbers. What this engine adds is
 * marked `extension`.
 *
 * Not read, and refused by name: `type`, `setup_per_type`, `service_per_type` and `costs.per_task_hour` of version 1.15;
 * `service_at`, `service_after` and `service_before` of the plan mode; `matrix` and `amount` of jobs, which VROOM has
 * deprecated. Not written: `geometry` and `computing_times`. `violations` are empty, as they are in VROOM's solving mode.
 */
const Seconds = z.int().nonnegative().max(100_000_000)
const Index = z.int().nonnegative().describe('Row and column in the matrices')
const Place = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
  .describe('Longitude and latitude in degrees')
const Window = z
  .tuple([z.int().nonnegative(), z.int().nonnegative()])
  .describe('Earliest and latest start of service, seconds on a clock of your choice')
const Amounts = z
  .array(z.int().nonnegative().max(1_000_000_000))
  .max(16)
  .describe('One number per dimension of capacity: pieces, kilograms, litres')
const Skills = z.array(z.int().nonnegative()).max(1000).describe('All of them must be among the skills of the vehicle')
const Priority = z.int().min(0).max(100).describe('Of higher priority first, when not all can be served')

const RoutingJob = z
  .strictObject({
    id: z.int().nonnegative(),
    description: z.string().optional(),
    location: Place.optional(),
    location_index: Index.optional(),
    setup: Seconds.optional().describe('Seconds before service, not spent again for the next task at the same place'),
    service: Seconds.optional().describe('Seconds of service'),
    delivery: Amounts.optional().describe('Carried from the start of the route to here'),
    pickup: Amounts.optional().describe('Carried from here to the end of the route'),
    skills: Skills.optional(),
    priority: Priority.optional(),
    time_windows: z.array(Window).min(1).optional(),
  })
  .describe('One visit')

const ShipmentStep = z.strictObject({
  id: z.int().nonnegative(),
  description: z.string().optional(),
  location: Place.optional(),
  location_index: Index.optional(),
  setup: Seconds.optional(),
  service: Seconds.optional(),
  time_windows: z.array(Window).min(1).optional(),
})

const RoutingShipment = z
  .strictObject({
    pickup: ShipmentStep,
    delivery: ShipmentStep,
    amount: Amounts.optional(),
    skills: Skills.optional(),
    priority: Priority.optional(),
  })
  .describe('Something fetched at one place and brought to another by the same vehicle')

const RoutingBreak = z
  .strictObject({
    id: z.int().nonnegative(),
    description: z.string().optional(),
    time_windows: z.array(Window).min(1).optional().describe('Earliest and latest begin; at any time unless told'),
    service: Seconds.optional().describe('Length of the break in seconds'),
    max_load: Amounts.optional().describe('Load at most while on break'),
  })
  .describe('A pause of the driver; it may interrupt a leg')

const VehicleStep = z.strictObject({
  type: z.enum(['start', 'job', 'pickup', 'delivery', 'break', 'end']),
  id: z.int().nonnegative().optional(),
  done: z
    .boolean()
    .optional()
    .describe('extension: of a task that is driven already; stays first, in this order, on this vehicle'),
})

export const RoutingVehicle = z
  .strictObject({
    id: z.int().nonnegative(),
    profile: z.string().optional().describe('Name of the matrices; `car` unless told'),
    description: z.string().optional(),
    start: Place.optional(),
    start_index: Index.optional(),
    end: Place.optional().describe('Without an end the route is open: it ends at its last task'),
    end_index: Index.optional(),
    capacity: Amounts.optional().describe('Without it the vehicle carries any amount'),
    costs: z
      .strictObject({
        fixed: z.int().nonnegative().max(1_000_000_000).optional().describe('Of using the vehicle at all'),
        per_hour: z.number().nonnegative().optional().describe('Of travel; 3600 unless told'),
        per_km: z.number().nonnegative().optional().describe('Of travel; 0 unless told. Needs distances'),
      })
      .optional(),
    skills: Skills.optional(),
    time_window: Window.optional().describe('The shift'),
    breaks: z.array(RoutingBreak).max(20).optional(),
    speed_factor: z.number().positive().max(5).optional(),
    max_tasks: z.int().nonnegative().optional(),
    max_travel_time: Seconds.optional(),
    max_distance: z.int().nonnegative().optional(),
    steps: z.array(VehicleStep).optional().describe('Plan to begin with'),
  })
  .describe('A vehicle with its driver')
export type RoutingVehicle = z.infer<typeof RoutingVehicle>

const Matrix = z.array(z.array(z.int().nonnegative().max(10_000_000)))

export const RoutingProblem = z
  .strictObject({
    jobs: z.array(RoutingJob).optional(),
    shipments: z.array(RoutingShipment).optional(),
    vehicles: z.array(RoutingVehicle).min(1),
    matrices: z
      .record(
        z.string(),
        z.strictObject({
          durations: Matrix.describe('Seconds from row to column'),
          distances: Matrix.optional().describe('Metres'),
          costs: Matrix.optional().describe('Replaces what time and distance would cost'),
        }),
      )
      .optional()
      .describe('By profile. Without them distances are great circles and speeds are assumed'),
    changeCost: z
      .int()
      .nonnegative()
      .max(1_000_000_000)
      .optional()
      .describe('extension: cost of giving a task to another vehicle than in `steps`; 0 unless told'),
  })
  .describe('Tasks, vehicles and matrices in the JSON of VROOM')
export type RoutingProblem = z.infer<typeof RoutingProblem>

const NoViolations = z.array(z.never()).describe('Always empty: routes keep all constraints')

export const RoutingStep = z.strictObject({
  type: z.enum(['start', 'job', 'pickup', 'delivery', 'break', 'end']),
  id: z.int().optional(),
  description: z.string().optional(),
  location: Place.optional(),
  location_index: Index.optional(),
  arrival: z.int().describe('When the vehicle comes'),
  setup: z.int(),
  service: z.int(),
  waiting_time: z.int().describe('Between arrival and the start of setup and service'),
  duration: z.int().describe('Seconds of travel since the start'),
  distance: z.int().describe('Metres since the start'),
  load: z.array(z.int()).describe('After the step'),
  violations: NoViolations,
})
export type RoutingStep = z.infer<typeof RoutingStep>

const Totals = z.strictObject({
  cost: z.number(),
  setup: z.int(),
  service: z.int(),
  duration: z.int().describe('Seconds of travel'),
  waiting_time: z.int(),
  distance: z.int().describe('Metres'),
  priority: z.int(),
  delivery: z.array(z.int()).describe('Delivered on the routes, by dimension'),
  pickup: z.array(z.int()).describe('Fetched on the routes, by dimension'),
  violations: NoViolations,
})

export const RoutingRoute = Totals.extend({
  vehicle: z.int(),
  description: z.string().optional(),
  steps: z.array(RoutingStep),
})
export type RoutingRoute = z.infer<typeof RoutingRoute>

const UnassignedTask = z.strictObject({
  type: z.enum(['job', 'pickup', 'delivery']),
  id: z.int(),
  description: z.string().optional(),
  location: Place.optional(),
  location_index: Index.optional(),
  reason: z.string().describe('extension: why no vehicle serves it'),
})

export const RoutingSolution = z.strictObject({
  code: z.literal(0),
  summary: Totals.extend({
    routes: z.int(),
    unassigned: z.int(),
    bound: z.number().describe('extension: no routes that serve the same tasks cost less'),
    gap: z.number().describe('extension: (cost - bound) / cost; 0 when the routes are proven to be cheapest'),
  }),
  routes: z.array(RoutingRoute),
  unassigned: z.array(UnassignedTask),
})
export type RoutingSolution = z.infer<typeof RoutingSolution>
