using System;
using Steelyard.Host.Commands;

string calledAs = CalledName.Read();
return IpvsadmCommandLine.IsMeant(calledAs, args)
    ? await IpvsadmCommandLine.RunAsync(calledAs, args, Console.In, Console.Out, Console.Error)
    : await CommandLine.RunAsync(
        args,
        [
            RunCommand.Build(),
            LabCommand.Build(),
            CheckCommand.Build(),
            StatusCommand.Build(),
            FailoverCommand.Build(),
            ExplainCommand.Build(),
            IpvsadmCommandLine.Build(),
            IntakeCommand.Build(),
            PanelCommand.Build(),
            HealthGateCommand.Build(),
            UpdateCommand.Build(),
            CertificateCommand.Build(),
        ],
        Console.Out,
        Console.Error);
