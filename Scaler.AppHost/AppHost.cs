Console.WriteLine(Projects.Scaler_AppHost.ProjectPath);
