// Each test of the rig wants the machine to itself: adverts ten milliseconds apart do not bear
// neighbours.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
